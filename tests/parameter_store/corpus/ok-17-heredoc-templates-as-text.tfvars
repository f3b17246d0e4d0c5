x = <<EOT
$${a} %%{b} $5 $$ 50%
EOT
y = <<-E
    $${a}
      %%{b}
    E
