x = <<EOT
first
  second "quoted" \n stays

last
EOT
