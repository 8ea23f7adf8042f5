package com.example.post

/** In pence. */
object Rates {
  val letter = 85
}
