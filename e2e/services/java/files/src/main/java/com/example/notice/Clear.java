package com.example.notice;

/** Takes notices down. */
public class Clear {
    public static void main(String[] args) {
        System.out.println("nothing to take down");
    }
}
