"""The command line: a module a command, in folders by what they are about."""
