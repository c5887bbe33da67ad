"""Many articles, one brief each: found, briefed in bounded lanes, remembered in an index."""
