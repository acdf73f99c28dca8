-- Whether who holds a role is named to the public. Until now that was so of two
-- roles by their code; who leads a grid always is.

alter table role add column public boolean not null default false;

update role set public = true where code in ('grid_worker', 'dedicated_worker');

comment on column role.public is 'Its holders stand on the notice board of the grid, with the telephone they have for it; leaders always do';
