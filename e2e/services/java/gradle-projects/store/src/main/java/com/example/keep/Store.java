package com.example.keep;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** Counts. */
public class Store {

    private final AtomicInteger count = new AtomicInteger();

    /** One more than before. */
    public int next() {
        int n = count.incrementAndGet();
        LoggerFactory.getLogger(Store.class).info("now {}", n);
        return n;
    }
}
