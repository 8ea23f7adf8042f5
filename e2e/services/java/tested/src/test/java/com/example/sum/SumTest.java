package com.example.sum;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SumTest {

    @ParameterizedTest
    @CsvSource({"1,1", "100,5050"})
    void addsUp(int n, int sum) {
        assertEquals(sum, Sum.upTo(n));
    }
}
