import asyncio
import os
import select
import signal
import subprocess
import threading
import time
import uuid

start = time.monotonic()


def elapsed():
    return round(time.monotonic() - start)


time.sleep(86400)
print("slept", elapsed())
reader, _ = os.pipe()
print(select.select([reader], [], [], 3600), elapsed())
condition = threading.Condition()
with condition:
    print(condition.wait(7), elapsed())
print(subprocess.run("timeout 3 sleep 100; echo $?", shell=True, capture_output=True))
try:
    subprocess.run(["sleep", "100"], timeout=2)
except subprocess.TimeoutExpired:
    print("timed out", elapsed())
signal.signal(signal.SIGALRM, lambda *_: print("alarm", elapsed()))
signal.setitimer(signal.ITIMER_REAL, 1.5)
signal.pause()


async def nap(seconds):
    await asyncio.sleep(seconds)
    print("napped", seconds)


async def main():
    await asyncio.gather(*(nap(seconds) for seconds in (3, 1, 2)))


asyncio.run(main())
print(uuid.uuid1(), uuid.uuid4(), time.time_ns(), id(object()), hash("text"))
