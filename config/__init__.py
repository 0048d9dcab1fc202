"""How the program is put together: settings, routes, workers, middleware, reactions, the demo."""
