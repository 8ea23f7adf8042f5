#include <stdint.h>

int32_t tide_centimetres(uint32_t hour);
