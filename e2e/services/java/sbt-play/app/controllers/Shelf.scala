package controllers

import javax.inject.Inject
import play.api.mvc.{AbstractController, ControllerComponents}

class Shelf @Inject() (components: ControllerComponents) extends AbstractController(components) {
  def index = Action(Ok("the shelf has 3 books\n"))
}
