from config.openapi import api_schema


def docs_page() -> object:
    return api_schema()
