package com.example.hi;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

@Path("/")
public class Hi {

    @GET
    public String hi() {
        return "hi from Quarkus";
    }
}
