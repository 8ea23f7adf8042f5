package com.example.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class OrdersApplicationTests {

    @Test
    void listsTwoOrders() {
        assertEquals(2, new OrderController().orders().size());
    }
}
