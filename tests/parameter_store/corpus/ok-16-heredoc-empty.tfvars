x = <<EOT
EOT
y = <<-E


E
