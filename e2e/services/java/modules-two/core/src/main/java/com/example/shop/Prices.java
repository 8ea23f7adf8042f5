package com.example.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/** Knows what things cost. */
public final class Prices {

    private Prices() {
    }

    /** All prices, one a line. */
    public static String all() {
        LoggerFactory.getLogger(Prices.class).info("asked for prices");
        try (var in = Prices.class.getResourceAsStream("/prices.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
