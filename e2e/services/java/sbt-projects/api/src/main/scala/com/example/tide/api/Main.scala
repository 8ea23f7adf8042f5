package com.example.tide.api

import com.example.tide.Tide
import org.apache.pekko.actor.typed.ActorSystem
import org.apache.pekko.actor.typed.scaladsl.Behaviors
import org.apache.pekko.http.scaladsl.Http
import org.apache.pekko.http.scaladsl.server.Directives._

object Main extends App {
  implicit val system: ActorSystem[Nothing] = ActorSystem(Behaviors.empty, "tide")

  private val routes = pathSingleSlash(complete("tides\n")) ~ path(Segment) { harbour =>
    rejectEmptyResponse(complete(Tide.all.find(_.harbour == harbour).map(_.json)))
  }
  Http().newServerAt("0.0.0.0", system.settings.config.getInt("tide.port")).bind(routes)
}
