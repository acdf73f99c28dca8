-- Where households lie, for drawing those of a tile.
create index household_place on household using gist (at);
