from common import slug

print(slug("Jobs are done"))
