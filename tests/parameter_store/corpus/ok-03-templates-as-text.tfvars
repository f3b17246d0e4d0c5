dollar = "$${name} $$ $ $5 $${"
percent = "%%{if} %% 50% %%{"
both = "$$${a} %%%{b}"
