package com.example.library

import io.ktor.server.application.Application
import io.ktor.server.response.respondText
import io.ktor.server.routing.get
import io.ktor.server.routing.routing

private val shelves = mapOf("poetry" to 12, "maps" to 3)

/** What application.conf names. */
fun Application.module() {
    routing {
        get("/") { call.respondText("books: ${shelves.values.sum()}") }
    }
}
