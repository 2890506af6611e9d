-- Tables and an index in memory, joins, groups, updates, deletes.
create table item(id integer primary key, name text, price real, kind integer);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 120000)
insert into item select i, 'item ' || (i * 7919 % 100003), i % 997 / 10.0, i % 53 from n;
create index item_name on item(name);
create table sale(item integer, amount integer, note text);
insert into sale select id * 31 % 120000 + 1, id % 9, printf('%.20c', 'x') || id from item;
select kind, count(*), sum(price) from item group by kind order by 3 desc limit 5;
select count(*) from item a join sale b on a.id = b.item where a.name < 'item 5' and b.amount > 3;
select group_concat(name, '') is null from item where kind = 7;
update item set name = name || '!' where kind < 20;
delete from sale where amount = 2;
select length(group_concat(note)) from sale;
