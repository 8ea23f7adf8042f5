package com.example.clock

import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress

data class Answer(val zone: String) {
    override fun toString() = "a clock in ${zone.uppercase()}"
}

fun main() {
    val server = HttpServer.create(InetSocketAddress(System.getenv("PORT").toInt()), 0)
    server.createContext("/") { exchange ->
        val answer = Answer("utc").toString().toByteArray()
        exchange.sendResponseHeaders(200, answer.size.toLong())
        exchange.responseBody.use { it.write(answer) }
    }
    server.start()
}
