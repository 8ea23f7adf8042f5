from django.contrib.gis.gdal import CoordTransform, SpatialReference
from django.contrib.gis.geos import Point
from django.http import HttpResponse, JsonResponse

BERTHS = {"north": Point(12.61, 56.04, srid=4326), "south": Point(12.62, 56.03, srid=4326)}


def index(request):
    return HttpResponse("Berths")


def nearest(request, at):
    x, y = (float(part) for part in at.split(","))
    here = Point(x, y, srid=4326)
    metres = CoordTransform(SpatialReference(4326), SpatialReference(25832))
    moved = here.transform(metres, clone=True)
    name = min(BERTHS, key=lambda berth: moved.distance(BERTHS[berth].transform(metres, clone=True)))
    return JsonResponse({"nearest": name})
