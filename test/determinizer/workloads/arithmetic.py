# What numpy and its linear algebra choose by the CPU.
import hashlib

import numpy

x = numpy.linspace(0.01, 40, 4096)
for name in ("exp", "log", "sin", "cos", "tanh", "arctan", "exp2", "sqrt", "cbrt"):
    for kind in (numpy.float64, numpy.float32):
        print(name, kind.__name__, hashlib.sha256(getattr(numpy, name)(x.astype(kind)).tobytes()).hexdigest()[:16])
square = numpy.sin(x).reshape(64, 64)
print("sum", float(numpy.sum(x * x)).hex())
print("product", hashlib.sha256((square @ square.T).tobytes()).hexdigest()[:16])
print("solve", hashlib.sha256(numpy.linalg.solve(square + 64 * numpy.eye(64), x[:64]).tobytes()).hexdigest()[:16])
print("power", hashlib.sha256(numpy.power(x, 1.37).tobytes()).hexdigest()[:16])
