from setuptools import find_packages, setup

setup(name="pages", version="1.4", packages=find_packages(), install_requires=["markupsafe"])
