-- For the MariaDB of docker-compose.yml: its user may make the one that Grafana reads as (GRAFANA_DB_PASSWORD).
grant create user on *.* to 'sightline'@'%';
grant all on sightline.* to 'sightline'@'%' with grant option;
