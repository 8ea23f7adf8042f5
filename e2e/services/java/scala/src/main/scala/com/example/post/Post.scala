package com.example.post

import com.sun.net.httpserver.{HttpExchange, HttpServer}
import java.net.InetSocketAddress

/** Tells what a letter costs. */
object Post {

  def main(args: Array[String]): Unit = {
    val server = HttpServer.create(new InetSocketAddress(sys.env("PORT").toInt), 0)
    server.createContext("/", (exchange: HttpExchange) => {
      val text = s"a letter costs ${Rates.letter} pence\n".getBytes
      exchange.sendResponseHeaders(200, text.length.toLong)
      exchange.getResponseBody.write(text)
      exchange.close()
    })
    server.start()
  }
}
