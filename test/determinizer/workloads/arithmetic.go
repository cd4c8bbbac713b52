// Go's own mathematics, and a product and a sum that a compiler may fuse.
package main

import (
	"fmt"
	"math"
)

func main() {
	bits, sum := uint64(1469598103934665603), 0.0
	for step := 1; step < 4000; step++ {
		x := float64(step) * 0.0137
		for _, value := range []float64{math.Sin(x), math.Exp(x / 7), math.Log(x), math.Pow(x, 1.37), math.Atan(x), math.Sqrt(x), math.FMA(x, x, 0.1), math.Floor(x)} {
			bits = (bits ^ math.Float64bits(value)) * 1099511628211
			sum += value * x
		}
	}
	fmt.Printf("%016x %x\n", bits, math.Float64bits(sum))
}
