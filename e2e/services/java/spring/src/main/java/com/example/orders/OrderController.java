package com.example.orders;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class OrderController {

    @GetMapping("/orders")
    List<Order> orders() {
        return List.of(new Order(1, "lamp"), new Order(2, "chair"));
    }
}
