package com.example.tally

import cats.effect.{IO, IOApp}
import com.comcast.ip4s.{Port, host}
import org.http4s.HttpRoutes
import org.http4s.dsl.io.*
import org.http4s.ember.server.EmberServerBuilder

/** Counts the letters of a word. */
object Tally extends IOApp.Simple:

  private val routes = HttpRoutes.of[IO]:
    case GET -> Root           => Ok("say a word\n")
    case GET -> Root / word    => Ok(s"$word has ${word.length} letters\n")

  override def run: IO[Unit] =
    val port = sys.env.get("PORT").flatMap(Port.fromString)
    EmberServerBuilder
      .default[IO]
      .withHost(host"0.0.0.0")
      .withPort(port.getOrElse(sys.error("PORT is no port")))
      .withHttpApp(routes.orNotFound)
      .build
      .useForever
