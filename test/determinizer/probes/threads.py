import hashlib
import random
import threading
import time

events = []


def live(name):
    for step in range(50):
        events.append((name, step))
        if random.random() < 0.3:
            time.sleep(random.random() * 0.001)


threads = [threading.Thread(target=live, args=(name,)) for name in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(hashlib.sha256(repr(events).encode()).hexdigest(), time.time())
