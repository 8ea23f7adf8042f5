// Command sqlite says which SQLite it is linked with.
package main

// #cgo pkg-config: sqlite3
// #include <sqlite3.h>
import "C"

import "fmt"

func main() { fmt.Println("SQLite", C.GoString(C.sqlite3_libversion())) }
