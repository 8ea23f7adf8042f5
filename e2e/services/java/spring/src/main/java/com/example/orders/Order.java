package com.example.orders;

import lombok.Value;

@Value
class Order {
    long id;
    String article;
}
