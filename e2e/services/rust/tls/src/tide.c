#include "tide.h"

int32_t tide_centimetres(uint32_t hour) { return (int32_t)(hour % 12) * 10 - 60; }
