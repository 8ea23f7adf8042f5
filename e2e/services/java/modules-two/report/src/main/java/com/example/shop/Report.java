package com.example.shop;

/** Prints prices once. */
public class Report {

    public static void main(String[] args) {
        System.out.print("prices of today:\n" + Prices.all());
    }
}
