"""The web application: server, routes, headers, HTML, navigation, problem documents, request helpers."""
