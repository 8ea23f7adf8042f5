package com.example.tide

import spray.json.DefaultJsonProtocol._
import spray.json._

/** A tide at a harbour, in metres. */
final case class Tide(harbour: String, high: Double) {
  def json: String = this.toJson(Tide.format).compactPrint
}

object Tide {
  val format: RootJsonFormat[Tide] = jsonFormat(Tide(_, _), "harbour", "high")
  val all: Seq[Tide] = Seq(Tide("Leith", 5.6), Tide("Dover", 6.8))
}
