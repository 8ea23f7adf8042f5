package com.example.sum;

/** Adds up to a hundred and ends. */
public class Sum {

    static int upTo(int n) {
        return n * (n + 1) / 2;
    }

    public static void main(String[] args) {
        System.out.println("the sum is " + upTo(100));
    }
}
