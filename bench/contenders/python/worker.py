"""One contender in a process of its own: reads a request a line, writes an answer a line, as worker.js does."""

import importlib
import json
import resource
import sys
import time

family = sys.argv[1]
current = {"kinds": {}, "step": None, "result": None, "batch": 1}


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 2**20


def repeat(step, count):
    for _ in range(count):
        step()


def checked(result):
    from inputs import checksum

    return checksum(result)


def make(request):
    kind = current["kinds"].get(request["kind"])
    if kind is None:
        return False
    current["step"], current["result"] = kind(**request["args"])
    return True


def load(_):
    try:
        module = importlib.import_module(family + "_kinds")
    except ImportError as error:
        return {"missing": str(error)}
    current["kinds"] = module.KINDS
    return {"about": module.about()}


def open_(request):
    if not make(request):
        return {"missing": "not offered"}
    current["batch"] = 1
    repeat(current["step"], request.get("steps", 1))
    return {"check": checked(current["result"]())}


def clock_of(cpu):
    return time.thread_time if cpu else time.perf_counter


def time_(request):
    step, slice_, clock = current["step"], request["ms"] / 1000, clock_of(request["cpu"])
    end = time.perf_counter() + slice_
    count, total, least = 0, 0, float("inf")
    while time.perf_counter() < end or least == float("inf"):
        size = current["batch"]
        begin = clock()
        repeat(step, size)
        spent = clock() - begin
        count += size
        total += spent
        if spent < slice_ / 20:
            current["batch"] *= 2
        else:
            least = min(least, spent / size)
    return {"seconds": total / count, "least": least}


def close(_):
    current["step"] = current["result"] = None
    return {}


def once(request):
    if not make(request):
        return {"missing": "not offered"}
    clock = clock_of(request["cpu"])
    begin = clock()
    current["step"]()
    seconds = clock() - begin
    return {"seconds": seconds, "check": checked(current["result"]()), "peak": peak()}


def soak(request):
    if not make(request):
        return {"missing": "not offered"}
    memory = []
    clock = clock_of(request["cpu"])
    begin = clock()
    for i in range(request["steps"]):
        current["step"]()
        if (i + 1) % request["every"] == 0:
            memory.append(resident())
    seconds = (clock() - begin) / request["steps"]
    return {"seconds": seconds, "memory": memory, "peak": peak()}


def cold(request):
    clock = clock_of(request["cpu"])
    begin = clock()
    value = importlib.import_module(family + "_cold").cold()
    seconds = clock() - begin
    return {"seconds": seconds, "check": checked([value])}


ANSWERS = {"load": load, "open": open_, "time": time_, "close": close, "once": once, "soak": soak, "cold": cold}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = ANSWERS[request["do"]](request)
    except Exception as error:
        answer = {"failed": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
