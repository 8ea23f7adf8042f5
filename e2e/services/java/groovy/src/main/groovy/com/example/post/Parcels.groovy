package com.example.post

import com.sun.net.httpserver.HttpServer
import groovy.json.JsonOutput

class Parcels {
    static void main(String[] args) {
        def port = (System.getenv('PORT') ?: '8080') as int
        def server = HttpServer.create(new InetSocketAddress(port), 0)
        server.createContext('/') { exchange ->
            def body = JsonOutput.toJson([parcels: 3, to: 'the harbour']).bytes
            exchange.responseHeaders.add('Content-Type', 'application/json')
            exchange.sendResponseHeaders(200, body.length)
            exchange.responseBody.withStream { it.write(body) }
        }
        server.start()
    }
}
