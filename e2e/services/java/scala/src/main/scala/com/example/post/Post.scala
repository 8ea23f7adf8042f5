package com.example.post

/** Tells what a letter costs. */
object Post extends cask.MainRoutes {

  override def host: String = "0.0.0.0"

  override def port: Int = sys.env("PORT").toInt

  @cask.get("/")
  def price(): String = s"a letter costs ${Rates.letter} pence\n"

  initialize()
}
