// Time, random numbers, map order, and goroutines that race for one list.
package main

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand"
	"sync"
	"time"
)

func main() {
	var lock sync.Mutex
	var group sync.WaitGroup
	var order []string
	for name := 0; name < 8; name++ {
		group.Add(1)
		go func(name int) {
			defer group.Done()
			for step := 0; step < 40; step++ {
				lock.Lock()
				order = append(order, fmt.Sprint(name, ":", step))
				lock.Unlock()
				time.Sleep(time.Duration(mathrand.Intn(50)) * time.Microsecond)
			}
		}(name)
	}
	group.Wait()
	drawn := make([]byte, 8)
	rand.Read(drawn)
	ages := map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}
	for name := range ages {
		fmt.Print(name, " ")
	}
	fmt.Println(order, time.Now().UnixNano(), drawn, mathrand.Int())
}
