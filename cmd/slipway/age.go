package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// age is a flag whose value is a time that has passed: 30d, or hours and less
// as Go writes them.
type age time.Duration

// Set reads the flag.
func (a *age) Set(s string) error {
	d, err := time.ParseDuration(s)
	if n, days := strings.CutSuffix(s, "d"); days {
		var whole uint16
		whole, err = parseDays(n)
		d = time.Duration(whole) * day
	}
	if err != nil || d < 0 {
		return fmt.Errorf("%q is not an age such as 30d or 12h", s)
	}
	*a = age(d)
	return nil
}

// parseDays reads a number of days, at most some 179 years.
func parseDays(s string) (uint16, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err
}

// String writes it, in days where it is some.
func (a *age) String() string {
	d := time.Duration(*a)
	if d > 0 && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	return d.String()
}

// Type names the value in the help.
func (*age) Type() string { return "age" }
