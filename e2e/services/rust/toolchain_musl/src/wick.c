/* How many minutes a wick of so many millimetres burns. */
int wick_minutes(int millimetres) { return millimetres * 7 / 2; }
