package com.example.tide.report

import com.example.tide.Tide

object Report {
  def main(args: Array[String]): Unit = Tide.all.foreach(tide => println(tide.json))
}
