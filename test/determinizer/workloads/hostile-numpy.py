# Random numbers, addresses, time, threads of a numerical library, and sums that depend on their order.
import threading
import time

import numpy

rng = numpy.random.default_rng()
found = []


def work(name):
    values = rng.standard_normal(2000)
    found.append((name, float(values.sum()), float(numpy.exp(values).sum()), float((values.reshape(40, 50) @ values.reshape(50, 40)).sum())))


threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(found, time.time_ns(), id(found), hash("text"))
