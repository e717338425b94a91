console.log("chainrule timings: not written yet");
