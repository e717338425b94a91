console.log("chainrule demo: not written yet");
