//go:build cgo

package main

// #include <string.h>
import "C"

func cgo() bool { return C.strlen(C.CString("four")) == 4 }
