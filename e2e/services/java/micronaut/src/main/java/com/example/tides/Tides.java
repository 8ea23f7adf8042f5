package com.example.tides;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.runtime.Micronaut;

@Controller("/")
public class Tides {
    public static void main(String[] args) {
        Micronaut.run(Tides.class, args);
    }

    @Get(produces = "text/plain")
    public String next() {
        return "high water at noon";
    }
}
